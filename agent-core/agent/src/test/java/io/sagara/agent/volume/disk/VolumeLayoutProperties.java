package io.sagara.agent.volume.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.sagara.spi.Volume;
import io.sagara.spi.VolumeName;
import java.nio.file.Path;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class VolumeLayoutProperties {
    @Example
    void aVolumeIsWhereKadaluLooksForIt() {
        VolumeName name = new VolumeName("pvc-6b3f5d8a-9a2a-4cbd-8d55-95c80d1ae06f");
        assertThat(VolumeLayout.data(Volume.Kind.SUBVOL, name)).hasToString("subvol/0b/5f/" + name);
        assertThat(VolumeLayout.data(Volume.Kind.VIRTBLOCK, name)).hasToString("virtblock/0b/5f/" + name);
        assertThat(VolumeLayout.info(Volume.Kind.RAWBLOCK, name)).hasToString("info/rawblock/0b/5f/" + name + ".json");
        assertThat(VolumeLayout.archivedData(Volume.Kind.SUBVOL, name)).hasToString("subvol/0b/5f/archived-" + name);
        assertThat(VolumeLayout.archivedInfo(Volume.Kind.SUBVOL, name))
                .hasToString("info/subvol/0b/5f/archived-" + name + ".json");
    }

    @Property
    void noPathLeavesItsKindsDirectory(@ForAll("names") VolumeName name, @ForAll Volume.Kind kind) {
        for (Path path : new Path[] {VolumeLayout.data(kind, name), VolumeLayout.archivedData(kind, name)}) {
            assertThat(path.normalize()).isEqualTo(path);
            assertThat(path.getNameCount()).isEqualTo(4);
            assertThat(path).startsWithRaw(Path.of(kind.directory()));
        }
        for (Path path : new Path[] {VolumeLayout.info(kind, name), VolumeLayout.archivedInfo(kind, name)}) {
            assertThat(path.normalize()).isEqualTo(path);
            assertThat(path.getNameCount()).isEqualTo(5);
            String top = kind == Volume.Kind.SNAPSHOT ? ".sagara-info" : "info";
            assertThat(path).startsWithRaw(Path.of(top, kind.directory()));
            assertThat(path.getFileName().toString().length()).isLessThanOrEqualTo(255);
        }
    }

    @Property
    void whoseAFileIsFollowsFromItsNameAndPlace(@ForAll("names") VolumeName name, @ForAll Volume.Kind kind) {
        Path bucket = VolumeLayout.bucket(kind, name);
        assertThat(VolumeLayout.owner(kind, bucket, name.value())).contains(new VolumeLayout.Owner(kind, name, false));
        assertThat(VolumeLayout.owner(kind, bucket, "archived-" + name))
                .contains(new VolumeLayout.Owner(kind, name, true));
        assertThat(VolumeLayout.owner(kind, Path.of(kind.directory(), "zz", "zz"), name.value()))
                .isEmpty();
    }

    @Property
    void aVolumeCalledArchivedIsNoArchivedVolume(@ForAll("names") VolumeName name) {
        if (name.value().length() > 119) {
            return;
        }
        VolumeName called = new VolumeName("archived-" + name);
        Path bucket = VolumeLayout.bucket(Volume.Kind.SUBVOL, called);
        assertThat(VolumeLayout.owner(Volume.Kind.SUBVOL, bucket, called.value()))
                .contains(new VolumeLayout.Owner(Volume.Kind.SUBVOL, called, false));
    }

    @Provide
    Arbitrary<VolumeName> names() {
        Arbitrary<String> odd = Arbitraries.strings()
                .withCharRange('!', '~')
                .excludeChars('/', '\\')
                .ofMinLength(1)
                .ofMaxLength(128)
                .filter(text -> text.charAt(0) != '.');
        Arbitrary<String> usual =
                Arbitraries.strings().withCharRange('0', '9').ofLength(12).map(digits -> "pvc-" + digits);
        return Arbitraries.oneOf(odd, usual, Arbitraries.of("archived-x", "a..", "-", "~", "x.json"))
                .map(VolumeName::new);
    }
}
