/** Tests of the caches that the controller's concerns share. */
@NullMarked
package dev.lmstudiooperator.controller.cache;

import org.jspecify.annotations.NullMarked;
