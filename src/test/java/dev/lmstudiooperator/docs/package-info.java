/** Tests of the documentation against the code. */
@NullMarked
package dev.lmstudiooperator.docs;

import org.jspecify.annotations.NullMarked;
