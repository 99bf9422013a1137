/// The API server, by fabric8's client, which is known in this package only.
@NullMarked
package io.sagara.operator.kube;

import org.jspecify.annotations.NullMarked;
