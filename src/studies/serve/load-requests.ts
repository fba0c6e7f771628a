import { openTraceFile } from "../../io/trace-file.js";
import { createChunkDecoder } from "../../workload/reading/text-decoder.js";
import { createRequestReader, type RequestsRead } from "../../workload/requests/read-requests.js";

/**
 * Reads a request trace of any layout, gzip or not.
 *
 * @throws InputError as the file or its rows demand
 */
export async function loadRequests(path: string): Promise<RequestsRead> {
  const reader = createRequestReader(path);
  const decoder = createChunkDecoder(path);
  for await (const chunk of openTraceFile(path).chunks) reader.push(decoder.decode(chunk));
  decoder.end();
  return reader.end();
}
