/** Tests of the sets. */
@NullMarked
package dev.lmstudiooperator.controller.modelset;

import org.jspecify.annotations.NullMarked;
