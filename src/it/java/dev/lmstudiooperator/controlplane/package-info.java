/**
 * A real kube-apiserver and etcd for tests, shared by all test classes, with the manifests applied as a user applies
 * them.
 */
@NullMarked
package dev.lmstudiooperator.controlplane;

import org.jspecify.annotations.NullMarked;
