/** Common parts of the benchmarks: figures, their targets and floors, and the report. */
@NullMarked
package dev.lmstudiooperator.benchmark;

import org.jspecify.annotations.NullMarked;
