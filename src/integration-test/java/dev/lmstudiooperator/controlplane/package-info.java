/** A real kube-apiserver with its etcd for tests, started once, with our manifests applied as a user would apply them. */
@NullMarked
package dev.lmstudiooperator.controlplane;

import org.jspecify.annotations.NullMarked;
