/** The schema in which BullMQ keeps its own tables when the queue lives in PostgreSQL. */
export const BULLMQ_SCHEMA = 'bullmq';
