<!-- What Zebra indexes of a MARCXML record: title and author, as words and as phrases. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:m="http://www.loc.gov/MARC21/slim" xmlns:z="http://indexdata.com/zebra-2.0">
  <xsl:template match="/"><xsl:apply-templates select="//m:record"/></xsl:template>
  <xsl:template match="m:record">
    <z:record z:id="{normalize-space(m:controlfield[@tag='001'])}">
      <z:index name="Title:w Title:p any:w">
        <xsl:for-each select="m:datafield[@tag='245']/m:subfield[@code='a' or @code='b']">
          <xsl:value-of select="."/><xsl:text> </xsl:text>
        </xsl:for-each>
      </z:index>
      <z:index name="Author:w Author:p any:w">
        <xsl:for-each select="m:datafield[@tag='100' or @tag='110']/m:subfield[@code='a']">
          <xsl:value-of select="."/><xsl:text> </xsl:text>
        </xsl:for-each>
      </z:index>
    </z:record>
  </xsl:template>
</xsl:stylesheet>
