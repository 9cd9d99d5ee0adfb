/**
 * ManagedModelSets: the pure planner that decides which ManagedModels to create, update and delete, and the reconciler that
 * does it.
 */
@NullMarked
package dev.lmstudiooperator.controller.modelset;

import org.jspecify.annotations.NullMarked;
