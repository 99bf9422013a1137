package io.sagara.agent.heal;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/// What `glfsheal POOL split-brain-info --xml` says.
///
/// `unconnected`: bricks that it could not ask, by index.
record SplitList(List<SplitFile> files, List<Integer> unconnected) {
    private static final String CONNECTED = "Connected";

    SplitList {
        files = List.copyOf(files);
        unconnected = List.copyOf(unconnected);
    }

    /// glfsheal lists bricks in the order of the pool. Throws [IllegalArgumentException] where the text is not
    /// its.
    static SplitList parse(String xml) {
        XMLInputFactory factory = XMLInputFactory.newFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(new StringReader(xml));
            return new Reading().read(reader);
        } catch (XMLStreamException e) {
            throw new IllegalArgumentException("glfsheal's answer is no XML: " + e.getMessage(), e);
        }
    }

    private static final class Reading {
        private final Map<UUID, SplitFile> files = new LinkedHashMap<>();
        private final List<Integer> unconnected = new ArrayList<>();
        private int brick = -1;

        SplitList read(XMLStreamReader reader) throws XMLStreamException {
            while (reader.hasNext()) {
                if (reader.next() == XMLStreamConstants.START_ELEMENT) {
                    element(reader);
                }
            }
            return new SplitList(List.copyOf(files.values()), unconnected);
        }

        private void element(XMLStreamReader reader) throws XMLStreamException {
            switch (reader.getLocalName()) {
                case "brick" -> brick++;
                case "file" -> file(UUID.fromString(reader.getAttributeValue(null, "gfid")), reader.getElementText());
                case "status" -> {
                    if (!reader.getElementText().equals(CONNECTED)) {
                        unconnected.add(brick);
                    }
                }
                default -> {
                    // of no interest
                }
            }
        }

        /// A brick that does not know the path of a file says `<gfid:…>`.
        private void file(UUID gfid, String named) {
            String path = named.startsWith("/") ? named : "";
            SplitFile before = files.getOrDefault(gfid, new SplitFile(gfid, "", List.of()));
            List<Integer> bricks = new ArrayList<>(before.bricks());
            bricks.add(brick);
            files.put(gfid, new SplitFile(gfid, before.path().isEmpty() ? path : before.path(), bricks));
        }
    }
}
