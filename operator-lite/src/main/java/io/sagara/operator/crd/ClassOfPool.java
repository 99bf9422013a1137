package io.sagara.operator.crd;

import io.sagara.api.v1.LayoutType;
import io.sagara.api.v1.PoolSpec;
import java.util.Map;
import java.util.TreeMap;

/// The StorageClass that every pool gets, with Kadalu's name and parameters.
public record ClassOfPool(String name, boolean expandable, Map<String, String> parameters) {
    /// In front of the pool's name.
    public static final String PREFIX = "kadalu.";

    /// Copies the map.
    public ClassOfPool {
        parameters = new TreeMap<>(parameters);
    }

    /// That of a pool.
    public static ClassOfPool of(PoolSpec plan) {
        Map<String, String> parameters = new TreeMap<>();
        parameters.put("storage_name", plan.getName());
        parameters.put("single_pv_per_pool", plan.getSingleVolume() ? "True" : "False");
        if (plan.getLayout() == LayoutType.EXTERNAL) {
            parameters.put("hostvol_type", TypeName.of(plan.getLayout()));
            parameters.put("gluster_hosts", String.join(",", plan.getExternal().getHostsList()));
            parameters.put("gluster_volname", plan.getExternal().getVolume());
            if (!plan.getExternal().getMountOptions().isEmpty()) {
                parameters.put("gluster_options", plan.getExternal().getMountOptions());
            }
        }
        return new ClassOfPool(PREFIX + plan.getName(), !plan.getSingleVolume(), parameters);
    }
}
