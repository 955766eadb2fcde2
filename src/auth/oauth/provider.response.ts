import { ApiProperty } from '@nestjs/swagger';
import type { Config } from '../../config/config';
import { PROVIDER_IDS, type ProviderId } from '../../config/provider-settings';
import type { Provider } from './provider';
import { startUrl } from './provider-client';

export class ProviderResponse {
  @ApiProperty({ enum: PROVIDER_IDS, example: 'google' })
  id!: ProviderId;

  @ApiProperty({ description: 'What the button says', example: 'Google' })
  name!: string;

  @ApiProperty({
    format: 'uri',
    description: 'Where the browser begins',
    example: 'https://notes.example.org/api/v1/auth/oauth/google',
  })
  startUrl!: string;

  static from({ id, name }: Provider, config: Config): ProviderResponse {
    return { id, name, startUrl: startUrl(config, id) };
  }
}

export class ProvidersResponse {
  @ApiProperty({ type: [ProviderResponse], description: 'Those that are configured; empty when none is' })
  data!: ProviderResponse[];
}
