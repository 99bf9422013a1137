/// What is kept in the API server, as values and as text: the KadaluStorage with its status, the ConfigMap
/// `kadalu-info`, and what each node reports. Trees are JSON as maps, lists, texts, numbers and booleans.
@NullMarked
package io.sagara.operator.crd;

import org.jspecify.annotations.NullMarked;
