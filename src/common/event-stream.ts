/** The media type of server-sent events (HTML, 9.2): an answer that goes on until its reader leaves. */
export const EVENT_STREAM = 'text/event-stream';
