/** What benchmarks have in common: figures, what they are compared with, and the report that people and programs read. */
@NullMarked
package dev.lmstudiooperator.benchmark;

import org.jspecify.annotations.NullMarked;
