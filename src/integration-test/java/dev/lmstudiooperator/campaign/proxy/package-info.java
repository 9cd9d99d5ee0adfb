/** Stands between an agent and a real API server, understands what passes, and disturbs it on demand. */
@NullMarked
package dev.lmstudiooperator.campaign.proxy;

import org.jspecify.annotations.NullMarked;
