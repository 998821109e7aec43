// Sends a 16-bit WAV file to calls.intake as a live call: java -cp KAFKA_JARS Producer.java FILE.wav CALL_ID SERVERS TENANT
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.sound.sampled.AudioSystem;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

public class Producer {
    static final int MESSAGE_MS = 250;

    public static void main(String[] args) throws Exception {
        String call = args[1], tenant = args[3], key = tenant + "/" + call;
        Map<String, Object> settings = Map.of("bootstrap.servers", args[2], "acks", "all", "enable.idempotence", "true");
        try (var audio = AudioSystem.getAudioInputStream(new File(args[0]));
                var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            var format = audio.getFormat();
            if (format.getSampleSizeInBits() != 16 || format.isBigEndian()) throw new Exception("not a 16-bit WAV file");
            int rate = (int) format.getSampleRate(), frames = rate * MESSAGE_MS / 1000, bytes = format.getFrameSize();
            long sample = 0, total = audio.getFrameLength();
            for (int sequence = 0; sequence == 0 || sample < total; sequence++) {
                byte[] value = audio.readNBytes(frames * bytes);
                var headers = new LinkedHashMap<>(Map.of("ce_specversion", "1.0", "ce_type", "callshield.intake.v1",
                        "ce_source", "Producer.java", "ce_subject", key, "ce_id", key + "/" + sequence));
                headers.putAll(Map.of("tenant", tenant, "call", call, "codec", "l16", "rate", "" + rate, "channels",
                        "" + format.getChannels(), "sequence", "" + sequence, "first_sample", "" + sample));
                sample += value.length / bytes;
                if (sample >= total) headers.put("final", "1");
                var record = new ProducerRecord<>("calls.intake", key.getBytes(UTF_8), value);
                headers.forEach((name, text) -> record.headers().add(name, text.getBytes(UTF_8)));
                producer.send(record).get();
                Thread.sleep(MESSAGE_MS); // as if it were being spoken
            }
        }
    }
}
