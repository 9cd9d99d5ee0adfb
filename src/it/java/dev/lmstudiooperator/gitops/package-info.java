/** Tests of the health that Flux and Argo CD derive from the custom resources. Neither tool is required. */
@NullMarked
package dev.lmstudiooperator.gitops;

import org.jspecify.annotations.NullMarked;
