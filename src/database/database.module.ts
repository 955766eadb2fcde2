import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Config } from '../config/config';
import { dataSourceOptions } from './data-source';
import { SharingDataSource } from './shared-transaction';
import { Statements } from './statements';

/** The TypeORM connection; its pool closes with the application. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Config],
      useFactory: (config: Config) => ({
        ...dataSourceOptions(config, 'commonplace'),
        autoLoadEntities: true,
        retryAttempts: 10,
        retryDelay: 1_000,
      }),
      dataSourceFactory: (options) => new SharingDataSource(options ?? { type: 'postgres' }).initialize(),
    }),
  ],
  providers: [Statements],
  exports: [Statements],
})
export class DatabaseModule {}
