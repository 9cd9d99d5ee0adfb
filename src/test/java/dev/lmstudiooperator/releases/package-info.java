/** What a release may change of the resource types, and what it may not. */
@NullMarked
package dev.lmstudiooperator.releases;

import org.jspecify.annotations.NullMarked;
