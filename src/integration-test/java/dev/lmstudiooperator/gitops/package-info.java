/** What Flux and Argo CD see of our objects, without either of them. */
@NullMarked
package dev.lmstudiooperator.gitops;

import org.jspecify.annotations.NullMarked;
