/** The HTTP endpoints of LM Studio. */
@NullMarked
package dev.lmstudiooperator.simulator.http;

import org.jspecify.annotations.NullMarked;
