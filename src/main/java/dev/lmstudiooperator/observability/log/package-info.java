/** Lines of the log: constant sentences with fields, which have the same names everywhere. */
@NullMarked
package dev.lmstudiooperator.observability.log;

import org.jspecify.annotations.NullMarked;
