/** Lines of the log: constant sentences with fields, which have the same names everywhere. */
@NullMarked
package dev.lmstudiooperator.logging;

import org.jspecify.annotations.NullMarked;
