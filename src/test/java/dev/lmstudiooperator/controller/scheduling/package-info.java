/** Tests of the scheduler: filters, scores and messages. */
@NullMarked
package dev.lmstudiooperator.controller.scheduling;

import org.jspecify.annotations.NullMarked;
