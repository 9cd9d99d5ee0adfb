/** LM Studio's HTTP endpoints. */
@NullMarked
package dev.lmstudiooperator.simulator.http;

import org.jspecify.annotations.NullMarked;
