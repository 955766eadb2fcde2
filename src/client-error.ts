import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { propertyOf } from './common/errors';
import { clientProblem, problemBody } from './common/problem.filter';
import { newId } from './common/uuid';

const REFUSALS: Record<string, [status: number, detail: string]> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time'],
  HPE_HEADER_OVERFLOW: [431, 'The request line and the headers have at most 16 KiB'],
};

/** Answers what Node's HTTP parser refuses, of which there is no request yet, as a problem like every other. */
export function answerClientError(logger: Logger): (error: unknown, socket: Socket) => void {
  return (error, socket) => {
    const code = String(propertyOf(error, 'code'));
    if (code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const [status, detail] = REFUSALS[code] ?? [400, 'This is not HTTP/1.1'];
    const requestId = newId();
    const body = JSON.stringify(problemBody(clientProblem(status, detail), '/', requestId));
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Content-Type: application/problem+json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-Id: ${requestId}`,
      'Connection: close',
    ];
    logger.info({ reqId: requestId, method: 'none', route: 'none', status, code }, 'request');
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
  };
}
