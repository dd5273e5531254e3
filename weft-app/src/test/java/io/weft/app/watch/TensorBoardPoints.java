package io.weft.app.watch;

import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/** Reads back what {@link TensorBoardWriter} wrote. */
final class TensorBoardPoints {
    private TensorBoardPoints() {}

    /** "tag step value" of each point in the only file of ours. */
    static List<String> of(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> file.toString().contains(".weft.")).toList();
        }
        assertThat(files).hasSize(1);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(files.get(0))).order(ByteOrder.LITTLE_ENDIAN);
        List<String> points = new ArrayList<>();
        while (bytes.hasRemaining()) {
            int length = (int) bytes.getLong();
            bytes.getInt();
            ByteBuffer event = bytes.slice(bytes.position(), length);
            bytes.position(bytes.position() + length + Integer.BYTES);
            point(CodedInputStream.newInstance(event), points);
        }
        return points;
    }

    private static void point(CodedInputStream event, List<String> points) throws IOException {
        long step = 0;
        for (int tag = event.readTag(); tag != 0; tag = event.readTag()) {
            if (tag >>> 3 == 2) {
                step = event.readInt64();
            } else if (tag >>> 3 == 5) {
                CodedInputStream summary = event.readBytes().newCodedInput();
                summary.readTag();
                CodedInputStream value = summary.readBytes().newCodedInput();
                value.readTag();
                String name = value.readString();
                value.readTag();
                points.add(name + " " + step + " " + value.readFloat());
            } else {
                event.skipField(tag);
            }
        }
    }
}
