/** What the imitated LM Studio knows: models on disk, instances in memory, loads under way, its daemon and its clock. */
@NullMarked
package dev.lmstudiooperator.simulator.state;

import org.jspecify.annotations.NullMarked;
