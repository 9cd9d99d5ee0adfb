/** Tests of addresses and probes of nodes. */
@NullMarked
package dev.lmstudiooperator.controller.reachability;

import org.jspecify.annotations.NullMarked;
