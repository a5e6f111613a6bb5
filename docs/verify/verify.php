<?php
// Verify a webhook: v1 with the subscription's secret (whsec_…), v1a with the publisher's public key (whpk_…).
//
//     php verify.php KEY WEBHOOK-ID WEBHOOK-TIMESTAMP WEBHOOK-SIGNATURE < body
//
// The public keys are the `whpk` members of /.well-known/jwks.json. In a web server the body is
// file_get_contents('php://input'), as it came.

const TOLERANCE = 300; // seconds

function verify(string $key, string $id, string $timestamp, string $signatures, string $body): bool
{
    if (!ctype_digit($timestamp) || abs(time() - (int) $timestamp) > TOLERANCE) {
        return false;
    }
    [$kind, $text] = explode('_', $key, 2);
    $raw = base64_decode($text, true);
    $signed = "$id.$timestamp.$body";
    foreach (explode(' ', $signatures) as $one) {
        [$version, $encoded] = array_pad(explode(',', $one, 2), 2, '');
        $signature = base64_decode($encoded, true);
        if ($raw === false || $signature === false) {
            continue;
        }
        if ($kind === 'whsec' && $version === 'v1') {
            if (hash_equals(hash_hmac('sha256', $signed, $raw, true), $signature)) {
                return true;
            }
        }
        if ($kind === 'whpk' && $version === 'v1a' && strlen($signature) === SODIUM_CRYPTO_SIGN_BYTES) {
            if (sodium_crypto_sign_verify_detached($signature, $signed, $raw)) {
                return true;
            }
        }
    }
    return false;
}

if (PHP_SAPI === 'cli' && realpath($argv[0]) === __FILE__) {
    exit(count($argv) === 5 && verify($argv[1], $argv[2], $argv[3], $argv[4], stream_get_contents(STDIN)) ? 0 : 1);
}
