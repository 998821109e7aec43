"""Sends a conversation to chat.raw: chat_producer.py FILE.jsonl CONVERSATION [SERVERS [TENANT]]

Each line is {"author": "...", "role": "customer|agent|bot|system", "text": "..."}.
"""

import asyncio
import json
import sys
from pathlib import Path

from aiokafka import AIOKafkaProducer


async def send(path: str, conversation: str, servers: str = "localhost:9092", tenant: str = "example") -> None:
    key = f"{tenant}/{conversation}"
    same = {
        "ce_specversion": "1.0", "ce_type": "callshield.chat.v1", "ce_source": "chat_producer.py", "ce_subject": key,
        "tenant": tenant, "conversation": conversation,
    }  # fmt: skip
    lines = [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines() if line]
    async with AIOKafkaProducer(bootstrap_servers=servers, acks="all", enable_idempotence=True) as producer:
        for sequence, line in enumerate(lines):
            own = {"ce_id": f"{key}/{sequence}", "sequence": str(sequence)}
            own |= {"author": line["author"], "role": line["role"]}
            headers = same | own | ({"final": "1"} if sequence == len(lines) - 1 else {})
            encoded = [(name, text.encode()) for name, text in headers.items()]
            await producer.send_and_wait("chat.raw", line["text"].encode(), key=key.encode(), headers=encoded)


if __name__ == "__main__":
    asyncio.run(send(*sys.argv[1:]))
