// Verify a webhook: v1 with the subscription's secret (whsec_…), v1a with the publisher's public key (whpk_…).
//
//	go run verify.go KEY WEBHOOK-ID WEBHOOK-TIMESTAMP WEBHOOK-SIGNATURE < body
//
// The public keys are the `whpk` members of /.well-known/jwks.json.
package main

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

const tolerance = 300 // seconds

// Verify tells whether a request is from the publisher, unchanged and of the last five minutes.
func Verify(key, id, timestamp, signatures string, body []byte) bool {
	sent, err := strconv.ParseInt(timestamp, 10, 64)
	age := time.Now().Unix() - sent
	if err != nil || age > tolerance || age < -tolerance {
		return false
	}
	kind, text, _ := strings.Cut(key, "_")
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return false
	}
	signed := append([]byte(id+"."+timestamp+"."), body...)
	for _, one := range strings.Split(signatures, " ") {
		version, encoded, _ := strings.Cut(one, ",")
		signature, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			continue
		}
		if kind == "whsec" && version == "v1" {
			mac := hmac.New(sha256.New, raw)
			mac.Write(signed)
			if hmac.Equal(mac.Sum(nil), signature) {
				return true
			}
		}
		if kind == "whpk" && version == "v1a" && len(raw) == ed25519.PublicKeySize {
			if ed25519.Verify(ed25519.PublicKey(raw), signed, signature) {
				return true
			}
		}
	}
	return false
}

func main() {
	body, err := io.ReadAll(os.Stdin)
	if err != nil || len(os.Args) != 5 || !Verify(os.Args[1], os.Args[2], os.Args[3], os.Args[4], body) {
		os.Exit(1)
	}
}
