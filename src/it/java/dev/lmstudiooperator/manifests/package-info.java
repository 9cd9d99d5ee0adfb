/** Tests of the manifests of {@code kubectl apply -k k8s}: that they apply, and which permissions they grant. */
@NullMarked
package dev.lmstudiooperator.manifests;

import org.jspecify.annotations.NullMarked;
