/** What must never break, judged after the fact from what the API server and LM Studio tell; each is one class. */
@NullMarked
package dev.lmstudiooperator.campaign.invariant;

import org.jspecify.annotations.NullMarked;
