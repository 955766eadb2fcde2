/** The longest that a provider may take to answer, and the most that it may say. */
const TIMEOUT_MS = 10_000;
const MAX_BYTES = 1024 * 1024;

/** Statuses that have no body (Fetch standard, "null body status"). */
const WITHOUT_BODY = new Set([101, 204, 205, 304]);

/**
 * `fetch` of what another server says: within 10 s, body included, at most 1 MiB after decompression, and never from where it redirects to.
 * @throws Error when it takes longer, says more, or cannot be reached
 */
export async function boundedFetch(url: string, init: RequestInit): Promise<Response> {
  const signals = [AbortSignal.timeout(TIMEOUT_MS), ...(init.signal ? [init.signal] : [])];
  const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.any(signals) });
  const body = await readBody(response);
  const { status, statusText, headers } = response;
  return new Response(WITHOUT_BODY.has(status) ? null : body, { status, statusText, headers });
}

async function readBody(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    // Leaving the loop ends the connection.
    if (size > MAX_BYTES) throw new Error(`The answer is larger than ${MAX_BYTES} bytes`);
  }
  return Buffer.concat(chunks);
}
