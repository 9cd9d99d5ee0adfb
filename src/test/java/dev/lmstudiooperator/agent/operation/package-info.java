/** Tests of the operation queue, the download queue and the server start. */
@NullMarked
package dev.lmstudiooperator.agent.operation;

import org.jspecify.annotations.NullMarked;
