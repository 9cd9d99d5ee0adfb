/** Keeps a broken LM Studio from being asked too often, and a moment's trouble from being taken for more. */
@NullMarked
package dev.lmstudiooperator.lmstudio.resilience;

import org.jspecify.annotations.NullMarked;
