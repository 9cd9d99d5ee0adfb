/** What {@code kubectl apply -k k8s} installs: that it applies, and who may then do what. */
@NullMarked
package dev.lmstudiooperator.manifests;

import org.jspecify.annotations.NullMarked;
