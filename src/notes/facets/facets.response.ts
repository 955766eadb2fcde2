import { ApiProperty } from '@nestjs/swagger';

const ID = { format: 'uuid', example: '019ab1c2-8d3e-7f00-8a11-2b3c4d5e6f70' };
const COUNT = { type: 'integer', example: 12 } as const;

export class FacetsTotal {
  @ApiProperty({ ...COUNT, description: 'Notes that were counted: at most the 10,000 newest' })
  count!: number;

  @ApiProperty({ description: 'Whether these are all of them', example: true })
  isExact!: boolean;
}

export class NamedFacet {
  @ApiProperty(ID)
  id!: string;

  @ApiProperty({ example: 'database' })
  name!: string;

  @ApiProperty(COUNT)
  count!: number;
}

export class KindFacets {
  @ApiProperty(COUNT)
  note!: number;

  @ApiProperty(COUNT)
  bookmark!: number;
}

export class YearFacet {
  @ApiProperty({ type: 'integer', description: 'Of creation, in UTC', example: 2026 })
  year!: number;

  @ApiProperty(COUNT)
  count!: number;
}

/** How the notes of a list are spread. */
export class FacetsResponse {
  @ApiProperty({ type: FacetsTotal, description: 'Of all that follows' })
  total!: FacetsTotal;

  @ApiProperty({ type: [NamedFacet], description: 'The 20 tags that most of them have' })
  tags!: NamedFacet[];

  @ApiProperty({ type: [NamedFacet], description: 'The 20 notebooks that most of them are directly in' })
  notebooks!: NamedFacet[];

  @ApiProperty({ type: KindFacets, description: 'Without an address, and with one' })
  kinds!: KindFacets;

  @ApiProperty({ type: [YearFacet], description: 'Newest first' })
  years!: YearFacet[];
}
