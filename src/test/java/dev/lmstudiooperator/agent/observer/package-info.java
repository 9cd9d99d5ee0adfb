/** Tests of the observer: poll, resync, rate limit and change detection. */
@NullMarked
package dev.lmstudiooperator.agent.observer;

import org.jspecify.annotations.NullMarked;
