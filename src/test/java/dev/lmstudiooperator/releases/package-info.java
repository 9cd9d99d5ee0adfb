/** Tests of the compatibility of CRDs between releases. */
@NullMarked
package dev.lmstudiooperator.releases;

import org.jspecify.annotations.NullMarked;
