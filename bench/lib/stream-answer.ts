/** 2 MB of Server-Sent Events, in chunks of 1 KB as a fast model sends them. */
const event = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: "x".repeat(960) } }] })}\n\n`;

export const STREAM_CHUNK = Buffer.from(event.padEnd(1024, "\n"));
export const STREAM_CHUNKS = 2048;
