package io.sagara.operator.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All objects of a kind as the API server last told of them. It keeps trying where that does not answer, or
/// does not know the kind yet.
final class Watch<T extends HasMetadata> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

    private final SharedIndexInformer<T> informer;

    /// `changed`: called after each change, by a thread that must not be held up.
    Watch(String kind, Informable<T> objects, Runnable changed) {
        informer = objects.runnableInformer(0);
        informer.addEventHandler(new Changes<>(changed));
        informer.exceptionHandler((_, failure) -> {
            LOG.atDebug().addKeyValue("kind", kind).setCause(failure).log("watch failed, trying again");
            return true;
        });
        var _ = informer.start();
    }

    /// Whether every object there was has been seen once.
    boolean known() {
        return informer.hasSynced();
    }

    List<T> all() {
        return informer.getStore().list();
    }

    @Override
    public void close() {
        informer.stop();
    }

    private record Changes<T>(Runnable changed) implements ResourceEventHandler<T> {
        @Override
        public void onAdd(T added) {
            changed.run();
        }

        @Override
        public void onUpdate(T before, T after) {
            changed.run();
        }

        @Override
        public void onDelete(T deleted, boolean finalStateUnknown) {
            changed.run();
        }
    }
}
