/** What {@code helm install} brings: that it lives through its life, refuses what is wrong, and is the same as {@code k8s/}. */
@NullMarked
package dev.lmstudiooperator.install;

import org.jspecify.annotations.NullMarked;
