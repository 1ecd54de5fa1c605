import { adminListenerSpec, ownListenerSpecs } from '../../../lib/blueprint/listeners';
import { CERTIFICATE, edgeSpec } from './edge-specs';

const https = { certificateArn: CERTIFICATE, sslPolicy: 'ELBSecurityPolicy-TLS13-1-3-2021-06' };

describe('listeners of a load balancer of our own', () => {
  test('HTTP redirects where it should, and takes rules where it forwards', () => {
    expect(ownListenerSpecs(edgeSpec({ http: 'redirect' })).http).toEqual({
      id: 'Http',
      port: 80,
      otherwise: 'redirect',
    });
    expect(ownListenerSpecs(edgeSpec({ http: 'forward' })).http?.otherwise).toBe('answer');
    expect(ownListenerSpecs(edgeSpec({ http: 'off' }))).not.toHaveProperty('http');
  });

  test('HTTPS has the certificate and the policy of the settings', () => {
    expect(ownListenerSpecs(edgeSpec({ https })).https).toMatchObject({ port: 443, tls: https, otherwise: 'answer' });
    expect(ownListenerSpecs(edgeSpec({ https: undefined }))).not.toHaveProperty('https');
  });
});

describe('the listener of the Admin API', () => {
  test('speaks plain HTTP without a certificate', () => {
    expect(adminListenerSpec(edgeSpec())).toEqual({ id: 'Listener', port: 8001, otherwise: 'answer' });
  });

  test('with one it has the policy of the proxy, else the default', () => {
    const admin = { allowedCidrs: ['10.0.0.0/8'], port: 8444, certificateArn: CERTIFICATE };
    expect(adminListenerSpec(edgeSpec({ admin, https })).tls).toEqual(https);
    expect(adminListenerSpec(edgeSpec({ admin, https: undefined })).tls?.sslPolicy).toBe(
      'ELBSecurityPolicy-TLS13-1-2-2021-06',
    );
  });
});
