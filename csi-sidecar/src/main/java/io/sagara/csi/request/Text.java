package io.sagara.csi.request;

/// Text from outside as it may stand in messages and logs.
public final class Text {
    // room for the longest volume name
    private static final int SHOWN = 128;

    private Text() {}

    /// `text` without control characters, and cut where it is too long to be read.
    public static String shown(String text) {
        String plain = text.replaceAll("\\p{Cntrl}", "?");
        return plain.length() <= SHOWN ? plain : plain.substring(0, SHOWN) + "… (" + plain.length() + " characters)";
    }
}
