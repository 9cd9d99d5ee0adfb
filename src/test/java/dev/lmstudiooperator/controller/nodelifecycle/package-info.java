/** Tests of node heartbeats, cluster disruptions and actions on models of lost nodes. */
@NullMarked
package dev.lmstudiooperator.controller.nodelifecycle;

import org.jspecify.annotations.NullMarked;
