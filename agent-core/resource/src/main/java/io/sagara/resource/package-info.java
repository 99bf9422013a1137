/// What a user writes as KadaluStorage, read and judged without side effects: [StorageCheck] takes the text and
/// answers either with pools for the agent or with everything that is wrong with it.
@NullMarked
package io.sagara.resource;

import org.jspecify.annotations.NullMarked;
