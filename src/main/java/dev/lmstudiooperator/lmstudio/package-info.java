/** What one LM Studio is to the operator: its models, its instances, what can be asked of it and how that can fail. */
@NullMarked
package dev.lmstudiooperator.lmstudio;

import org.jspecify.annotations.NullMarked;
